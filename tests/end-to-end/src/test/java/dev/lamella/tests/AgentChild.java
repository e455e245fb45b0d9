package dev.lamella.tests;

import dev.lamella.host.agent.Agent;
import dev.lamella.host.agent.AgentOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;

/** An agent in a JVM of its own, until that is killed. */
final class AgentChild {
  private AgentChild() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Agent agent =
        Agent.start(AgentOptions.of(any, URI.create(arguments[0]), 16), System.err::println);
    System.out.println("agent " + agent.endpoint());
    new CountDownLatch(1).await();
  }
}
