CREATE TRIGGER check_closed_through BEFORE UPDATE OF closed_through ON restaurants
  FOR EACH ROW EXECUTE FUNCTION check_closed_through();
