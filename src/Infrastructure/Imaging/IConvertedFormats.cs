using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Imaging;

/// <summary>Says which photos are really converted: those that the settings want and a decoder was proved to read.</summary>
public interface IConvertedFormats
{
    /// <summary>Some of <see cref="ImageFormat.Converted"/>. Known once the service is started.</summary>
    IReadOnlyList<ImageFormat> Converted { get; }
}
