package dev.lamella.identity.oidc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connections of one request. An address is checked by the very call that connects to it, so that
 * no name can mean another one in between.
 */
final class IssuerSockets extends SSLSocketFactory implements AutoCloseable {
  private final SSLSocketFactory tls;
  private final IssuerAddresses addresses;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  IssuerSockets(SSLSocketFactory tls, IssuerAddresses addresses) {
    this.tls = tls;
    this.addresses = addresses;
  }

  /** Not yet connected, and without TLS, which Java asks for below once it is. */
  @Override
  public Socket createSocket() {
    Socket socket =
        new Socket() {
          @Override
          public void connect(SocketAddress endpoint, int timeout) throws IOException {
            InetSocketAddress to = (InetSocketAddress) endpoint;
            if (to.isUnresolved()) {
              throw new UnknownHostException(to.getHostString());
            }
            addresses.require(to.getHostString(), to.getAddress());
            super.connect(endpoint, timeout);
          }
        };
    open.add(socket);
    return socket;
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return tls.createSocket(socket, host, port, autoClose);
  }

  /** Ends what still goes on over them. */
  @Override
  public void close() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException _) {
        // It is of no use any more, closed or not.
      }
    }
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
