/** The storage that a local stack holds: S3, DynamoDB, and the network in front of S3. */
package dev.lamella.local.storage;
