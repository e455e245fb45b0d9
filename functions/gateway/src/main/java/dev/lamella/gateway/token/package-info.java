/** Tokens as JSON Web Tokens, and who a call is from by them. */
package dev.lamella.gateway.token;
