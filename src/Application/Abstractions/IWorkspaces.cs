namespace ImageBackend.Application.Abstractions;

/// <summary>Gives out folders for the files of one job.</summary>
public interface IWorkspaces
{
    /// <exception cref="StorageException">The temp folder can't be written.</exception>
    IWorkspace Open();
}

/// <summary>A folder of one's own, removed with all that is in it by <see cref="IDisposable.Dispose"/>.</summary>
public interface IWorkspace : IDisposable
{
    /// <param name="name">A plain file name.</param>
    /// <returns>The full path of a file in this workspace; the file need not exist.</returns>
    string PathOf(string name);
}
