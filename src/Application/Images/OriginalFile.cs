using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Brings a published original into a workspace, for what is made of it under a new key.</summary>
internal static class OriginalFile
{
    public const string Name = "original";

    /// <returns>What is known of it.</returns>
    /// <exception cref="ImageNotFoundException">It is not published.</exception>
    public static async Task<StoredImage> FetchAsync(this IWorkspace workspace, IImageStorage active, ImageKey key, CancellationToken cancellationToken)
    {
        await using OpenedImage opened = await active.OpenReadAsync(key, cancellationToken);
        await workspace.ReceiveAsync(Name, opened.Content, long.MaxValue - 1, cancellationToken);
        return opened.Facts;
    }
}
