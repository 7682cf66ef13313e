using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;

namespace ImageBackend.Infrastructure.Storage.FileSystem;

/// <summary>Does to the two folders what the service does, with a file of its own.</summary>
internal sealed class FolderCheck : IStorageSteps
{
    private readonly FileSystemImageStorage _incoming;
    private readonly FileSystemImageStorage _active;
    private readonly ImageKey _probe = ImageKey.Parse($"storage-check_{Guid.NewGuid():N}.png");

    public FolderCheck(FileSystemImageStorage incoming, FileSystemImageStorage active) => (_incoming, _active) = (incoming, active);

    public IAsyncEnumerable<StorageStep> RunAsync(CancellationToken cancellationToken)
    {
        return StorageStep.UntilProblemAsync(
        [
            () => Try("incoming, active: they are two folders", () => StorageStep.AreTwoAsync(_active, _incoming, "FOLDER", cancellationToken)),
            () => Try("incoming: a file can be put, read and removed", () => UseAsync(_incoming, cancellationToken)),
            () => Try("active: a file can be put, read and removed", () => UseAsync(_active, cancellationToken)),
            () => Try("incoming: stored files survive a power cut", () => Task.FromResult(_incoming.Shortcoming()), isNote: true),
            () => Try("active: stored files survive a power cut", () => Task.FromResult(_active.Shortcoming()), isNote: true),
        ], cancellationToken);

        Task<StorageStep> Try(string what, Func<Task<string?>> work, bool isNote = false) => StorageStep.TryAsync(what, work, isNote);
    }

    public void Dispose()
    {
        // It holds nothing.
    }

    private async Task<string?> UseAsync(FileSystemImageStorage storage, CancellationToken cancellationToken)
    {
        const string Content = "A file of `images storage check`; it may be removed.";
        try
        {
            using MemoryStream content = new(Encoding.ASCII.GetBytes(Content), writable: false);
            await storage.PutAsync(_probe, content, new ImageProperties(Recipe: "check"), cancellationToken);
            await using OpenedImage opened = await storage.OpenReadAsync(_probe, cancellationToken);
            using StreamReader reader = new(opened.Content, Encoding.ASCII);
            return opened.Facts.Properties.Recipe == "check" && await reader.ReadToEndAsync(cancellationToken) == Content ? null : "it differs from what was put";
        }
        finally
        {
            await storage.DeleteAsync(_probe, CancellationToken.None);
        }
    }
}
