/**
 * What one signs in with, and where this machine keeps it: Docker's {@code config.json}, helpers,
 * and the environment. Secrets are in no message, and in no {@code toString}. Uses outcome.
 */
package dev.lamella.host.credentials;
