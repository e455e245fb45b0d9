/**
 * Lambda in this JVM: environments that handlers live in, concurrency, timeouts, payload limits,
 * asynchronous invocations with retries and dead letters, and the HTTP API that SDK clients call.
 */
package dev.lamella.local.lambda;
