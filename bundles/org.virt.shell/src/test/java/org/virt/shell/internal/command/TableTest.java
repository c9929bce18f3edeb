package org.virt.shell.internal.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void printsHeaderLineAndRowsAsVirsh() {
    Table table = new Table("Id", "Name", "State");
    table.row("1", "test", "running");
    table.row("-", "v", "shut off");

    assertEquals(
        " Id   Name   State\n-----------------------\n 1    test   running\n -    v      shut off\n",
        table.text(false));
  }

  @Test
  void printsHeaderOfAnEmptyTable() {
    assertEquals(
        " Id   Name   State\n--------------------\n", new Table("Id", "Name", "State").text(false));
  }

  @Test
  void printsRowsOnlyWhenQuietAndAsNarrowAsTheyAllow() {
    Table table = new Table("Interface", "Type");
    table.row("v", "bridge");

    assertEquals(" v   bridge\n", table.text(true));
  }

  @Test
  void countsCharactersNotUnits() {
    Table table = new Table("N", "S");
    table.row("\ud83d\ude00\ud83d\ude00", "x");

    assertEquals(" N    S\n---------\n \ud83d\ude00\ud83d\ude00   x\n", table.text(false));
  }
}
