package dev.corral.access;

/// Who calls, once it is known.
public sealed interface Caller {
  /// As logs, metrics and `/manage/session` name the caller.
  String name();

  boolean may(Scope scope);

  /// Anybody, while no keys are in force.
  record Local() implements Caller {
    @Override
    public String name() {
      return "local";
    }

    @Override
    public boolean may(Scope scope) {
      return true;
    }
  }

  record Named(Key key) implements Caller {
    @Override
    public String name() {
      return key.name();
    }

    @Override
    public boolean may(Scope scope) {
      return key.may(scope);
    }
  }

  /// Holds the admin key of this server's home.
  record Admin() implements Caller {
    @Override
    public String name() {
      return "admin";
    }

    @Override
    public boolean may(Scope scope) {
      return true;
    }
  }

  /// Nobody we know, on a route that is open to all.
  record Nobody() implements Caller {
    @Override
    public String name() {
      return "";
    }

    @Override
    public boolean may(Scope scope) {
      return false;
    }
  }
}
