namespace ImageBackend.Application.Images.Publish;

public enum PublishOutcome
{
    Published,
    AlreadyPublished,
}
