namespace ImageBackend.Application.Abstractions;

/// <summary>Checks how published images are served.</summary>
public interface IAccessCheck
{
    /// <summary>Whether an object in the active storage is served as the settings say: its headers, and its access if the storage keeps that with it.</summary>
    /// <param name="found">The object as it was found.</param>
    /// <returns>True also when it is no longer there. <see cref="IImageStorage.SetPropertiesAsync"/> puts it right.</returns>
    Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken);
}
