namespace ImageBackend.Web.Tests;

/// <summary>One side of a service's storage, bypassing the service: what is really stored there.</summary>
internal abstract class TestStorage
{
    /// <returns>Names of the images, in order.</returns>
    public abstract Task<IReadOnlyList<string>> NamesAsync();

    /// <returns>Names of everything that is there, including what is not an image.</returns>
    public abstract Task<IReadOnlyList<string>> EverythingAsync();

    public abstract Task<byte[]> ReadAsync(string name);

    public abstract Task<DateTimeOffset> WrittenAtAsync(string name);

    /// <summary>Puts it as another program would: with nothing beside the content.</summary>
    public abstract Task PutAsync(string name, byte[] content);

    public abstract Task RemoveAsync(string name);

    /// <summary>Removes the folder or the bucket itself, with everything in it.</summary>
    public abstract Task LoseAsync();

    /// <summary>Creates it again after <see cref="LoseAsync"/>, empty.</summary>
    public abstract Task BringBackAsync();
}
