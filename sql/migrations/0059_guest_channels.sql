-- A guest who was sent away, or who came back on another phone.
CREATE TRIGGER replace_channel AFTER UPDATE OF removed_at, sign_in_id ON users
  FOR EACH ROW
  WHEN ((OLD.removed_at, OLD.sign_in_id) IS DISTINCT FROM (NEW.removed_at, NEW.sign_in_id))
  EXECUTE FUNCTION replace_channel('s');
