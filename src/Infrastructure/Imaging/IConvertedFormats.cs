using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Says which photos are really converted: those that the settings want and a decoder was proved to read.</summary>
public interface IConvertedFormats
{
    /// <summary>Waits for decoders that are just starting.</summary>
    /// <returns>Some of <see cref="ImageFormat.Converted"/>.</returns>
    /// <exception cref="DecodersException">No decoder works.</exception>
    Task<IReadOnlyList<ImageFormat>> FindAsync(CancellationToken cancellationToken);
}
