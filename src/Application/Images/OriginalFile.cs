using System.Security.Cryptography;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images;

/// <summary>Fetches a stored original into a workspace, to make something from it.</summary>
internal static class OriginalFile
{
    public const string Name = "original";

    /// <returns>What is known about it.</returns>
    /// <exception cref="ImageNotFoundException">It is not there.</exception>
    public static async Task<StoredImage> FetchAsync(this IWorkspace workspace, IImageStorage storage, ImageKey key, CancellationToken cancellationToken)
    {
        await using OpenedImage opened = await storage.OpenReadAsync(key, cancellationToken);
        await workspace.ReceiveAsync(Name, opened.Content, long.MaxValue - 1, cancellationToken); // it was within the limits when it came
        return opened.Facts;
    }

    /// <returns>Size and checksum of a file in a workspace.</returns>
    public static async Task<FileSum> SumAsync(this IWorkspace workspace, string fileName, CancellationToken cancellationToken)
    {
        await using Stream file = workspace.OpenRead(fileName);
        byte[] sum = await SHA256.HashDataAsync(file, cancellationToken);
        return new FileSum(file.Length, Convert.ToHexStringLower(sum));
    }
}
