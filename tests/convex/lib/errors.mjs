// A refusal of the HTTP interface: {code, message} with a status.
export class HttpError extends Error {
  constructor(status, code, message = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
