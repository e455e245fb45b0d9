package dev.lamella.local;

import dev.lamella.local.template.PseudoParameters;
import dev.lamella.local.template.Template;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The template that the tests of this module run. */
public final class SmallStack {
  private SmallStack() {}

  public static Path file() {
    try {
      return Path.of(
          Objects.requireNonNull(SmallStack.class.getResource("/small-stack.yaml")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static Template with(Map<String, String> parameters) {
    return Template.read(file(), parameters, PseudoParameters.LOCAL);
  }
}
