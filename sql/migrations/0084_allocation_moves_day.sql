CREATE TRIGGER check_day BEFORE INSERT ON allocation_moves
  FOR EACH ROW EXECUTE FUNCTION check_day();
