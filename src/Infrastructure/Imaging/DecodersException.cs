namespace ImageBackend.Infrastructure.Imaging;

/// <summary>The decoders can't be started, or can read something that they must not.</summary>
public sealed class DecodersException(string message, Exception? inner = null) : Exception(message, inner);
