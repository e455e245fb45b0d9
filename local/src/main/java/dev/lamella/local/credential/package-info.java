/** Signs container clients in by the role that this machine has at AWS. */
package dev.lamella.local.credential;
