/**
 * The store's API and the transfers of bytes: the only package that opens a connection, and the
 * owner of retries. Uses outcome and credentials.
 */
package dev.lamella.host.store;
