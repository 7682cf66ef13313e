using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Application.Images.Migrate;

/// <summary>Fetches an original from the old site, and checks it as if it were uploaded.</summary>
internal sealed class OriginalFetcher(IV5Originals originals, OriginalPreparer preparer, UploadLimits limits, IWorkspaces workspaces)
{
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="OriginalUnavailableException">It can't be read.</exception>
    /// <exception cref="InvalidImageException">It is refused.</exception>
    public async Task<FetchedOriginal> FetchAsync(ImageKey key, CancellationToken cancellationToken)
    {
        IWorkspace workspace = workspaces.Open();
        try
        {
            long bytes = await originals.FetchAsync(key, workspace, OriginalFile.Name, limits.MaxBytes, cancellationToken);
            limits.Check(bytes);
            // Whatever was uploaded there under the name of a photo becomes what its name says.
            ImageFormat? into = key.Format == ImageFormat.Jpeg || key.Format == ImageFormat.Png ? key.Format : null;
            PreparedOriginal original = await preparer.PrepareAsync(workspace, OriginalFile.Name, into, cancellationToken);
            if (original.Format != key.Format)
            {
                // A key is never rewritten: pages and the site's database name it.
                throw new InvalidImageException(
                    InvalidImageException.UnsupportedFormat, $"Its name ends with .{key.Format}, but the file's format is {original.ConvertedFrom ?? original.Format}.");
            }

            return new FetchedOriginal(workspace, original.FileName, bytes);
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }
}

/// <param name="FileName">The file to store, in the workspace.</param>
/// <param name="Bytes">The size of the file as it was received.</param>
internal sealed record FetchedOriginal(IWorkspace Workspace, string FileName, long Bytes) : IDisposable
{
    public void Dispose() => Workspace.Dispose();
}
