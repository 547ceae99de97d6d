/** What every live page on a patient's phone has in common. */
import { strip } from "../shared/strip.js";

/** Phones are many: they get a beat every 15 seconds, and where no line comes up they fetch their view every 20. */
export const onPhone = { ...strip, staleAfter: 40_000, fetchEvery: 20_000 };
