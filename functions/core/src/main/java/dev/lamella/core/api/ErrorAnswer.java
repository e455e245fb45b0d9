package dev.lamella.core.api;

import java.util.List;
import java.util.Map;

/** The body of every error, in the form of the OCI Distribution Specification. */
public record ErrorAnswer(List<Entry> errors) {

  /**
   * @param code by {@link dev.lamella.core.ErrorCode}; a text, because other registries have other
   *     codes
   * @param detail values of JSON types
   */
  public record Entry(String code, String message, Map<String, Object> detail) {}

  public ErrorAnswer {
    errors = List.copyOf(errors);
  }

  public static ErrorAnswer of(String code, String message, Map<String, Object> detail) {
    return new ErrorAnswer(List.of(new Entry(code, message, detail)));
  }
}
