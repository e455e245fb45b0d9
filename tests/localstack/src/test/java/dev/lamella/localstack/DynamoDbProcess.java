package dev.lamella.localstack;

import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBRequestHandler;
import com.amazonaws.services.dynamodbv2.local.server.LocalDynamoDBServerHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.eclipse.jetty.server.Server;

/**
 * DynamoDB Local as LocalStack starts it: {@code java -javaagent:… -jar … -port PORT …}. Its own
 * runner needs more libraries, listens on every address and reports to AWS.
 */
final class DynamoDbProcess {
  private DynamoDbProcess() {}

  /** LocalStack's agent lets a table have more than 20 indexes. This one is that agent's place. */
  public static void premain(String arguments) {}

  public static void main(String[] arguments) throws Exception {
    List<String> options = List.of(arguments);
    int port = Integer.parseInt(options.get(options.indexOf("-port") + 1));
    LocalDynamoDBRequestHandler requests =
        new LocalDynamoDBRequestHandler(0, true, null, false, false);
    Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    server.setHandler(new LocalDynamoDBServerHandler(requests, null));
    server.start();
    server.join();
  }
}
