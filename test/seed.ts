import fc from "fast-check";

/**
 * Properties draw the same cases in every ordinary run, so that what one run says of a change the next one says too.
 * `PLANGATE_SEED` draws others; with how many, each property's own variable says.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.PLANGATE_SEED ?? 2_026) });
