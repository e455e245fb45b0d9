/** The HTTP server that the local API Gateway and the local Lambda share. */
package dev.lamella.local.http;
