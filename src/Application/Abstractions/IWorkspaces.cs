namespace ImageBackend.Application.Abstractions;

/// <summary>Gives out folders for the files of one job.</summary>
public interface IWorkspaces
{
    /// <exception cref="StorageException">The temp folder can't be written.</exception>
    IWorkspace Open();
}

/// <summary>A private folder, removed with everything in it by <see cref="IDisposable.Dispose"/>.</summary>
public interface IWorkspace : IDisposable
{
    /// <param name="name">A plain file name.</param>
    /// <returns>The full path of a file in this workspace; the file need not exist.</returns>
    string PathOf(string name);

    /// <summary>Writes a stream to a file of this workspace, to its end or to one byte past the limit, whichever comes first.</summary>
    /// <param name="content">Its exceptions pass through.</param>
    /// <param name="maxBytes">When the content is longer, reading stops and the result is greater than this.</param>
    /// <returns>Bytes read.</returns>
    /// <exception cref="StorageException">The file can't be written.</exception>
    Task<long> ReceiveAsync(string name, Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <returns>A file of this workspace, seekable; the caller disposes it.</returns>
    /// <exception cref="StorageException">It can't be read.</exception>
    Stream OpenRead(string name);
}
