namespace ImageBackend.Application.Abstractions;

/// <summary>How published images go out.</summary>
public interface IAccessCheck
{
    /// <summary>Whether an object of the active storage goes out as the settings say: its headers, and its access, where the storage keeps such with it.</summary>
    /// <param name="found">What was found of it.</param>
    /// <returns>True too when it is not there any more. <see cref="IImageStorage.SetPropertiesAsync"/> puts it right.</returns>
    Task<bool> HasConfiguredAccessAsync(StoredImage found, CancellationToken cancellationToken);
}
