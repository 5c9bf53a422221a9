package dev.corral.model;

/// One entry of a manifest: a typed pointer to a blob.
///
/// @param mediaType what the blob is, one of the constants here or any other
/// @param size bytes, never negative
/// @param from the model or file it came from; empty where it is not told
/// @param name the tensor or file that it holds, in models that are not GGUF; else empty
public record Layer(String mediaType, Digest digest, long size, String from, String name) {
  private static final String IMAGE = "application/vnd.ollama.image.";
  public static final String CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String MODEL = IMAGE + "model";
  public static final String PROJECTOR = IMAGE + "projector";
  public static final String ADAPTER = IMAGE + "adapter";
  public static final String DRAFT = IMAGE + "draft";
  public static final String TEMPLATE = IMAGE + "template";

  /// What templates were called before.
  public static final String PROMPT = IMAGE + "prompt";

  public static final String SYSTEM = IMAGE + "system";
  public static final String PARAMS = IMAGE + "params";
  public static final String MESSAGES = IMAGE + "messages";
  public static final String LICENSE = IMAGE + "license";
  public static final String TENSOR = IMAGE + "tensor";

  public Layer {
    if (size < 0) {
      throw new IllegalArgumentException("A layer cannot have " + size + " bytes");
    }
  }

  public Layer(String mediaType, Digest digest, long size) {
    this(mediaType, digest, size, "", "");
  }
}
