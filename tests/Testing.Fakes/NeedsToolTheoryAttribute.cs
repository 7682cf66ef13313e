namespace ImageBackend.Testing;

/// <summary>As <see cref="NeedsToolFactAttribute"/>, for a theory.</summary>
public sealed class NeedsToolTheoryAttribute : TheoryAttribute
{
    /// <param name="path">Full path of the program.</param>
    public NeedsToolTheoryAttribute(string path) => Skip = new NeedsToolFactAttribute(path).Skip;
}
