/**
 * Services within this JVM that behave as those of AWS: S3, DynamoDB, and the network in front of
 * S3.
 */
package dev.lamella.embedded;
