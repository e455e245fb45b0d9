package dev.lamella.local.template;

/**
 * The template, or a value given for one of its parameters, cannot be used; the message says why.
 */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TemplateException(String message) {
    super(message);
  }

  public TemplateException(String message, Throwable cause) {
    super(message, cause);
  }
}
