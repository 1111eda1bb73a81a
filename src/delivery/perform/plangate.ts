import type { Login } from "../../domain/names.ts";

/** Who does what nobody did. */
export const plangate = "plangate[bot]" as Login;
