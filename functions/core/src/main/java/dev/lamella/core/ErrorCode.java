package dev.lamella.core;

/**
 * The catalogue of everything Lamella refuses or fails at, by the codes that clients see.
 *
 * <p>The first group is the OCI Distribution Specification's own (section "Error Codes"); the
 * second is Lamella's, for what the specification has no word for.
 */
public enum ErrorCode {
  BLOB_UNKNOWN,
  BLOB_UPLOAD_INVALID,
  BLOB_UPLOAD_UNKNOWN,
  DENIED,
  DIGEST_INVALID,
  MANIFEST_BLOB_UNKNOWN,
  MANIFEST_INVALID,
  MANIFEST_UNKNOWN,
  NAME_INVALID,
  NAME_UNKNOWN,
  SIZE_INVALID,
  TOOMANYREQUESTS,
  UNAUTHORIZED,
  UNSUPPORTED,

  /** The account is not any more as the change of it says. */
  ACCOUNT_CHANGED,
  /** An account of that name is there already. */
  ACCOUNT_EXISTS,
  /** No such account. */
  ACCOUNT_UNKNOWN,
  /**
   * A chain that cannot be a chain of the layer: wrong length, or it does not end in the digest.
   */
  CHAIN_INVALID,
  /** No such run of the janitor. */
  COLLECTION_UNKNOWN,
  /** The request itself cannot be read: not JSON, a field of the wrong type, a missing field. */
  REQUEST_INVALID,
  /** A chunk that is not the next one of its upload, or not as long as it says. */
  RANGE_INVALID,
  /** No such route. */
  ROUTE_UNKNOWN,
  /** A body over Lamella's limit for it, or what an account wants over its own limit. */
  TOO_LARGE,
  /** A tag outside the grammar. */
  TAG_INVALID,
  /** A part that was announced as staged is not there, or its bytes do not fit their link. */
  SHARD_INVALID,
  /** Shards of the layer are missing or wrong; pushing it again heals it. */
  LAYER_DAMAGED,
  /** No such verification. */
  VERIFICATION_UNKNOWN,
  /** Something Lamella needs did not answer; the same request may succeed later. */
  UNAVAILABLE,
  /** A fault of Lamella itself. */
  INTERNAL
}
