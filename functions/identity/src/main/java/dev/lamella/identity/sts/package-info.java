/** Callers of AWS, and the requests to STS that prove who they are. */
package dev.lamella.identity.sts;
