import type { IncomingMessage, ServerResponse } from "node:http";
import type { Fault } from "./faults.ts";

/** Answers as a fault says, whatever was asked. */
export function failRequest(request: IncomingMessage, response: ServerResponse, fault: Fault): void {
  request.resume();
  const json = (status: number, message: string, headers: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(JSON.stringify({ message, documentation_url: "https://docs.github.com/rest" }));
  };
  switch (fault.how) {
    case "hang":
      return;
    case "reset":
      request.socket.destroy();
      return;
    case "secondary-limit":
      json(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {
        "retry-after": String(fault.retryAfter ?? 1),
      });
      return;
    case "unavailable":
      json(503, "Service Unavailable", { "retry-after": String(fault.retryAfter ?? 1) });
      return;
    case "bad-gateway":
    case "late":
      response.writeHead(502, { "content-type": "text/html" });
      response.end("<html><head><title>502 Bad Gateway</title></head></html>");
  }
}
