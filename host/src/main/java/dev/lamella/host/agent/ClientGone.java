package dev.lamella.host.agent;

import java.io.IOException;

/** The client's connection broke, or nothing moved on it for too long. */
final class ClientGone extends IOException {
  private static final long serialVersionUID = 1L;

  ClientGone(IOException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
