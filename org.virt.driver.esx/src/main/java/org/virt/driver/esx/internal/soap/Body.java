package org.virt.driver.esx.internal.soap;

/** Writes the parameters of a request, in the order that VMware's WSDL prescribes. */
public final class Body {
  private final StringBuilder out = new StringBuilder(512);

  /** Adds an element with a text. */
  public Body text(String name, Object value) {
    out.append('<').append(name).append('>');
    escape(value.toString());
    return close(name);
  }

  /** Adds an element with a reference. */
  public Body ref(String name, Ref ref) {
    out.append('<').append(name).append(" type=\"");
    escape(ref.type());
    out.append("\">");
    escape(ref.value());
    return close(name);
  }

  /** Begins an element. */
  public Body open(String name) {
    out.append('<').append(name).append('>');
    return this;
  }

  /** Begins an element with a data object of a certain type. */
  public Body open(String name, String type) {
    out.append('<').append(name).append(" xsi:type=\"").append(type).append("\">");
    return this;
  }

  /** Adds what another one holds. */
  public Body raw(Body other) {
    out.append(other.out);
    return this;
  }

  /** Ends an element. */
  public Body close(String name) {
    out.append("</").append(name).append('>');
    return this;
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\r' -> out.append("&#13;");
        default -> out.append(c < ' ' && c != '\t' && c != '\n' ? '\ufffd' : c);
      }
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
