/** The forms of the pipeline editor: of stages, of what belongs to the pipeline, and the list of stage types. */
export { PipelineForm, type Section } from './PipelineForm';
export { StageForm } from './StageForm';
export { StageTypePicker } from './StageTypePicker';
