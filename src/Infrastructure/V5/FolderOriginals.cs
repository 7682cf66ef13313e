using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.V5;

/// <summary>The old site's files, in a folder.</summary>
internal sealed class FolderOriginals(DirectoryInfo folder) : IV5Originals
{
    public async Task<long> FetchAsync(ImageKey key, IWorkspace workspace, string fileName, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream file = new(
                Path.Combine(folder.FullName, key.ToString()),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite,
                bufferSize: 0,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
            return file.Length > maxBytes ? file.Length : await workspace.ReceiveAsync(fileName, file, maxBytes, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Directory.Exists(folder.FullName)
                ? new OriginalUnavailableException(key, exception is FileNotFoundException ? "there is no such file" : "the file can't be read", exception)
                : new MigrationFaultException($"The folder of originals, {folder.FullName}, is not there (any more).", exception);
        }
    }
}
