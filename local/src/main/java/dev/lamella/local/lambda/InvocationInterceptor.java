package dev.lamella.local.lambda;

import java.util.concurrent.Callable;

/** A test's way to make invocations fail before, after or in the middle of the handler's work. */
@FunctionalInterface
public interface InvocationInterceptor {
  /** Lets every invocation be. */
  InvocationInterceptor NONE = (invocation, handler) -> handler.call();

  /**
   * Called on the invocation's thread in place of the handler, by several threads at once.
   *
   * @param handler the handler's work; calling it is up to the interceptor. Interrupting the thread
   *     that called this method is what a timeout does.
   * @return the function's response
   * @throws EnvironmentKilled to end the environment, as Lambda does when it runs out of memory
   * @throws Exception is what the function fails with
   */
  byte[] around(Invocation invocation, Callable<byte[]> handler) throws Exception;
}
