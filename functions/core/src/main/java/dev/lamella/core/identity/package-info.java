/** Who signs in, the tokens they get, and the keys these are signed with. */
package dev.lamella.core.identity;
