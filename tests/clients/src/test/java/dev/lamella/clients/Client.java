package dev.lamella.clients;

import dev.lamella.clients.Tool.Result;
import java.nio.file.Path;

/**
 * A command-line client that moves whole images, in its own words. References are {@code
 * host/name:tag}.
 */
enum Client {
  CRANE {
    @Override
    Tool tool(Path home, String registry) {
      return Tool.find("crane", home);
    }

    @Override
    Result push(Tool crane, Layout image, String to) {
      return crane.run("push", image.directory().toString(), to);
    }

    @Override
    Result pull(Tool crane, String from, Path layout) {
      return crane.run("pull", "--format=oci", from, layout.toString());
    }

    @Override
    Result copy(Tool crane, String from, String to) {
      return crane.run("copy", from, to);
    }

    @Override
    Result tags(Tool crane, String name) {
      return crane.run("ls", name);
    }

    @Override
    Result delete(Tool crane, String name, Layout image) {
      return crane.run("delete", name + "@" + image.manifest());
    }

    @Override
    Result login(Tool crane, String registry, String account, String secret) {
      return crane.run("auth", "login", registry, "-u", account, "-p", secret);
    }

    @Override
    Result logout(Tool crane, String registry) {
      return crane.run("auth", "logout", registry);
    }
  },

  ORAS {
    @Override
    Tool tool(Path home, String registry) {
      return Tool.find("oras", home);
    }

    @Override
    Result push(Tool oras, Layout image, String to) {
      return oras.run("cp", "--from-oci-layout", image.reference(), "--to-plain-http", to);
    }

    @Override
    Result pull(Tool oras, String from, Path layout) {
      return oras.run("cp", "--from-plain-http", from, "--to-oci-layout", layout + ":pulled");
    }

    @Override
    Result copy(Tool oras, String from, String to) {
      return oras.run("cp", "--from-plain-http", from, "--to-plain-http", to);
    }

    @Override
    Result tags(Tool oras, String name) {
      return oras.run("repo", "tags", "--plain-http", name);
    }

    @Override
    Result delete(Tool oras, String name, Layout image) {
      return oras.run(
          "manifest", "delete", "--plain-http", "--force", name + "@" + image.manifest());
    }

    @Override
    Result login(Tool oras, String registry, String account, String secret) {
      return oras.run("login", "--plain-http", registry, "-u", account, "-p", secret);
    }

    @Override
    Result logout(Tool oras, String registry) {
      return oras.run("logout", registry);
    }
  },

  REGCTL {
    @Override
    Tool tool(Path home, String registry) {
      return Tool.find("regctl", home).with("--host", "reg=" + registry + ",tls=disabled");
    }

    @Override
    Result push(Tool regctl, Layout image, String to) {
      return regctl.run("image", "copy", "ocidir://" + image.reference(), to);
    }

    @Override
    Result pull(Tool regctl, String from, Path layout) {
      return regctl.run("image", "copy", from, "ocidir://" + layout + ":pulled");
    }

    @Override
    Result copy(Tool regctl, String from, String to) {
      return regctl.run("image", "copy", from, to);
    }

    @Override
    Result tags(Tool regctl, String name) {
      return regctl.run("tag", "ls", name);
    }

    @Override
    Result delete(Tool regctl, String name, Layout image) {
      return regctl.run("manifest", "delete", name + "@" + image.manifest());
    }

    @Override
    Result login(Tool regctl, String registry, String account, String secret) {
      return regctl.run("registry", "login", registry, "-u", account, "-p", secret);
    }

    @Override
    Result logout(Tool regctl, String registry) {
      return regctl.run("registry", "logout", registry);
    }
  },

  SKOPEO {
    @Override
    Tool tool(Path home, String registry) {
      return Tool.find("skopeo", home).with("--insecure-policy", "--tmpdir", home.toString());
    }

    @Override
    Result push(Tool skopeo, Layout image, String to) {
      return skopeo.run(
          "copy",
          "--preserve-digests",
          "--dest-tls-verify=false",
          "oci:" + image.reference(),
          "docker://" + to);
    }

    @Override
    Result pull(Tool skopeo, String from, Path layout) {
      return skopeo.run(
          "copy", "--src-tls-verify=false", "docker://" + from, "oci:" + layout + ":pulled");
    }

    @Override
    Result copy(Tool skopeo, String from, String to) {
      return skopeo.run(
          "copy",
          "--preserve-digests",
          "--src-tls-verify=false",
          "--dest-tls-verify=false",
          "docker://" + from,
          "docker://" + to);
    }

    @Override
    Result tags(Tool skopeo, String name) {
      return skopeo.run("list-tags", "--tls-verify=false", "docker://" + name);
    }

    @Override
    Result delete(Tool skopeo, String name, Layout image) {
      return skopeo.run(
          "delete", "--tls-verify=false", "docker://" + name + "@" + image.manifest());
    }

    @Override
    Result login(Tool skopeo, String registry, String account, String secret) {
      return skopeo.run("login", "--tls-verify=false", "-u", account, "-p", secret, registry);
    }

    @Override
    Result logout(Tool skopeo, String registry) {
      return skopeo.run("logout", registry);
    }
  };

  abstract Tool tool(Path home, String registry);

  abstract Result push(Tool tool, Layout image, String to);

  abstract Result pull(Tool tool, String from, Path layout);

  abstract Result copy(Tool tool, String from, String to);

  abstract Result tags(Tool tool, String name);

  abstract Result delete(Tool tool, String name, Layout image);

  abstract Result login(Tool tool, String registry, String account, String secret);

  abstract Result logout(Tool tool, String registry);

  /** What stands in an image's name for this client. */
  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
