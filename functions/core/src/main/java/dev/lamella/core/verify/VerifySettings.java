package dev.lamella.core.verify;

import dev.lamella.core.report.Budget;
import java.time.Duration;

/**
 * What an operator may tune of verification.
 *
 * @param usual the budget of a job that is given none
 * @param every from one scheduled deep job to the next
 * @param within every layer is to be proven anew within this time
 * @param lease how long batches that were handed out are waited for, before they are handed out
 *     again; longer than an invocation with its retries takes
 * @param bytesPerBatch of the shards that one invocation reads
 */
public record VerifySettings(
    Budget usual, Duration every, Duration within, Duration lease, long bytesPerBatch) {}
