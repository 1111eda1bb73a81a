import { Refusal } from "../answer.ts";
import { route } from "../ask.ts";
import { object, text } from "../body.ts";
import { execute } from "../graphql/execute.ts";
import { ParseError, parseQuestion } from "../graphql/parse.ts";
import { rootOf } from "../graphql/root.ts";

/** Questions in GraphQL, as far as things are known here; a field that is not makes the test fail. */
export const graphqlRoutes = [
  route("POST /graphql", "nothing", async (ask) => {
    if (ask.who.kind === "nobody") throw new Refusal(401, "This endpoint requires you to be authenticated.");
    try {
      const operation = parseQuestion(text(ask.body, "query"));
      if (operation.kind === "mutation") throw new ParseError("No mutation is known here");
      const variables = object(ask.body, "variables") ?? {};
      const { data, errors, unknown } = await execute(rootOf(ask), operation, variables);
      for (const field of unknown) ask.hub.unknown(`the GraphQL field ${field}`);
      return { status: 200, body: { data, ...(errors.length === 0 ? {} : { errors }) } };
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      ask.hub.unknown(`a question in GraphQL: ${error.message}`);
      return { status: 200, body: { errors: [{ message: error.message, locations: [{ line: 1, column: 1 }] }] } };
    }
  }),
];
