package dev.lamella.core.layer;

import dev.lamella.core.LayerId;

/** Names a serial pass over an upload, so that it is known from another one over the same. */
public record PassId(String value) {
  public static PassId random() {
    return new PassId(LayerId.random().value());
  }

  @Override
  public String toString() {
    return value;
  }
}
