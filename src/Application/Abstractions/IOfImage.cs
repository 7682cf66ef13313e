namespace ImageBackend.Application.Abstractions;

/// <summary>A request about one image: logs and traces name it.</summary>
public interface IOfImage
{
    /// <summary>As the caller gave it: not checked yet.</summary>
    string? Image { get; }
}
