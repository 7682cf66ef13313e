namespace ImageBackend.Infrastructure.Imaging;

/// <summary>The decoders can't be started, or read what they must not.</summary>
public sealed class DecodersException(string message, Exception? inner = null) : Exception(message, inner);
