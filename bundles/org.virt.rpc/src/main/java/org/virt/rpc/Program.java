package org.virt.rpc;

/** The programs that share a connection; names and numbers are those of the table. */
public enum Program {
  REMOTE(0x20008086),
  QEMU(0x20008087),
  LXC(0x68000),
  KEEPALIVE(0x6b656570);

  /** The version that all of them have. */
  public static final int VERSION = 1;

  private final int number;

  Program(int number) {
    this.number = number;
  }

  /** Returns the number in message headers. */
  public int number() {
    return number;
  }
}
