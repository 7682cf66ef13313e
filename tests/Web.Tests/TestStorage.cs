namespace ImageBackend.Web.Tests;

/// <summary>One side of a service's storage, past the service: what is really stored there.</summary>
internal abstract class TestStorage
{
    /// <returns>Names of the images, in order.</returns>
    public abstract Task<IReadOnlyList<string>> NamesAsync();

    /// <returns>Names of all that is there, also of what is no image.</returns>
    public abstract Task<IReadOnlyList<string>> EverythingAsync();

    public abstract Task<byte[]> ReadAsync(string name);

    public abstract Task<DateTimeOffset> WrittenAtAsync(string name);

    /// <summary>As another program would: with nothing beside the content.</summary>
    public abstract Task PutAsync(string name, byte[] content);

    public abstract Task RemoveAsync(string name);

    /// <summary>Takes the folder or the bucket itself away, with all that is in it.</summary>
    public abstract Task LoseAsync();

    /// <summary>After <see cref="LoseAsync"/>: it is there again, and empty.</summary>
    public abstract Task BringBackAsync();
}
