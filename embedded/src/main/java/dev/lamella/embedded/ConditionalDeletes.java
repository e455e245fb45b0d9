package dev.lamella.embedded;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes a DELETE with {@code If-Match} one step, as it is in S3: s3proxy looks at the object, and
 * then removes whatever is there. So of two of them, the second could remove what was put since the
 * first. One at a time is enough where nothing else removes or replaces the object, as where all
 * put it with {@code If-None-Match: *}.
 */
final class ConditionalDeletes extends HttpFilter {
  private static final long serialVersionUID = 1;

  private final transient ReentrantLock one = new ReentrantLock();

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!request.getMethod().equals("DELETE") || request.getHeader("If-Match") == null) {
      chain.doFilter(request, response);
      return;
    }
    one.lock();
    try {
      chain.doFilter(request, response);
    } finally {
      one.unlock();
    }
  }
}
